import { Command, CommanderError } from 'commander';
import { asGatewayError } from './domain/errors.ts';
import { addBreakGlass, addConfig } from './main-config.ts';
import { addAuthorizations, addBench, addDirectory, addFlow, addMandates } from './main-data.ts';
import type { ExitStatus, Finish } from './main-options.ts';
import { addCert, addPartner, addPerson } from './main-partners.ts';
import { addLooking, addOperating, addService } from './main-service.ts';

/** The `sluis` command: reads the arguments and calls one file of `commands/`. */
export async function main(words: readonly string[]): Promise<void> {
  const result: { status: ExitStatus } = { status: 0 };
  const program = build((status) => {
    result.status = status;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    result.status = reportFailure(error);
  }
  // A stream that is not drained would cut what a pipe reads.
  await new Promise<void>((done) => process.stdout.write('', () => done()));
  process.exit(result.status);
}

/** What somebody asked for, and may not have or got wrong; everything else is the machine. */
const REFUSED: ReadonlySet<string> = new Set(['bad-request', 'not-found', 'not-allowed', 'precondition-failed']);

function reportFailure(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { code, message, cause } = asGatewayError(error);
  process.stderr.write(`sluis: ${message}\n`);
  if (code === 'broken' && cause instanceof Error) process.stderr.write(`${cause.stack ?? cause.message}\n`);
  return REFUSED.has(code) ? 1 : 3;
}

function build(finish: Finish): Command {
  const program = new Command('sluis')
    .description('Secure file exchange: WebDAV and SFTP in front of a pipeline that checks every record.')
    .exitOverride()
    .showHelpAfterError('(sluis --help tells how)');
  addService(program, finish);
  addLooking(program, finish);
  addOperating(program, finish);
  addFlow(program.command('flow').description('kinds of exchange'), finish);
  addConfig(program.command('config').description('the configuration under two pairs of eyes'), finish);
  addPartner(program.command('partner').description('institutions and their local administrators'), finish);
  addBreakGlass(
    program.command('break-glass').description('content of files, for a reason, with a second person'),
    finish,
  );
  addCert(program.command('cert').description('demo certificates, and what this gateway takes no more'), finish);
  addPerson(program.command('person').description('accounts of partners'), finish);
  addBench(program.command('bench').description('synthetic files for benchmarks and tests'), finish);
  addDirectory(program.command('directory').description('the reference directory'), finish);
  addMandates(program.command('mandates').description('who hands in for which employer'), finish);
  addAuthorizations(program.command('authorizations').description('legal acts that allow exchanges'), finish);
  return program;
}
