import check from './check.json' with { type: 'json' };
import expected from './expected.json' with { type: 'json' };
import files from './files.json' with { type: 'json' };
import flows from './flows.json' with { type: 'json' };
import help from './help.json' with { type: 'json' };
import rights from './rights.json' with { type: 'json' };
import shell from './shell.json' with { type: 'json' };
import submissions from './submissions.json' with { type: 'json' };

export default { check, expected, files, flows, help, rights, shell, submissions };
