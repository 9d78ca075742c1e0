import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { asGatewayError } from './domain/errors.ts';

const ROOT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Exit status: 0 done, 1 a finding or a refused input, 2 wrong usage, 3 the machine failed. */
export type ExitStatus = 0 | 1 | 2 | 3;

type Common = {
  readonly config: string;
  readonly data: string | undefined;
  readonly portOffset: number;
  readonly json: boolean;
};

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

function reportFailure(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { code, message, cause } = asGatewayError(error);
  process.stderr.write(`sluis: ${message}\n`);
  if (code === 'broken' && cause instanceof Error) process.stderr.write(`${cause.stack ?? cause.message}\n`);
  return code === 'bad-request' || code === 'not-found' || code === 'precondition-failed' ? 1 : 3;
}

function build(finish: (status: ExitStatus) => void): Command {
  const program = new Command('sluis')
    .description('Secure file exchange: WebDAV and SFTP in front of a pipeline that checks every record.')
    .exitOverride()
    .showHelpAfterError('(sluis --help tells how)');
  addService(program, finish);
  addLooking(program, finish);
  addFlow(program.command('flow').description('kinds of exchange'), finish);
  addPerson(program.command('person').description('accounts of partners'), finish);
  addBench(program.command('bench').description('synthetic files for benchmarks and tests'), finish);
  addDirectory(program.command('directory').description('the reference directory'), finish);
  addMandates(program.command('mandates').description('who hands in for which employer'), finish);
  addAuthorizations(program.command('authorizations').description('legal acts that allow exchanges'), finish);
  return program;
}

function addService(program: Command, finish: (status: ExitStatus) => void): void {
  withPlaces(program.command('start').description('the gateway with config/ and var/')).action(async (options) => {
    const { start } = await import('./commands/start.ts');
    finish(await start(common(options)));
  });
  withPlaces(program.command('demo').description('the gateway with demo partners, and the sample files through it'))
    .option('--once', 'end after the table: 0 only if every answer and delivery is as expected')
    .action(async (options) => {
      const { demo } = await import('./commands/demo.ts');
      finish(await demo({ ...common(options), once: options.once === true, root: ROOT_FOLDER }));
    });
}

function addLooking(program: Command, finish: (status: ExitStatus) => void): void {
  withPlaces(program.command('check').description('every problem of the configuration, with place and remedy')).action(
    async (options) => {
      const { check } = await import('./commands/check.ts');
      finish(await check(common(options), process.stdout));
    },
  );
  withPlaces(program.command('status').description('what the running gateway is doing')).action(async (options) => {
    const { status } = await import('./commands/status.ts');
    finish(await status(common(options)));
  });
  withPlaces(program.command('trace <ticket>').description('what became of a submission')).action(
    async (ticket, options) => {
      const { trace } = await import('./commands/trace.ts');
      finish(await trace(ticket, common(options)));
    },
  );
  const sessions = program.command('sessions').description('who is logged in now');
  withPlaces(sessions.command('list').description('every connection, with its id')).action(async (options) => {
    const { sessionsList } = await import('./commands/sessions.ts');
    finish(await sessionsList(common(options)));
  });
  withPlaces(
    sessions.command('end-step-up <fingerprint>').description('take level 2 from a certificate, by its SHA-256'),
  ).action(async (fingerprint, options) => {
    const { sessionsEndStepUp } = await import('./commands/sessions.ts');
    finish(await sessionsEndStepUp(fingerprint, common(options)));
  });
  withPlaces(sessions.command('cut <id>').description('close a connection')).action(async (id, options) => {
    const { sessionsCut } = await import('./commands/sessions.ts');
    finish(await sessionsCut(id, common(options)));
  });
  const audit = program.command('audit').description('the audit log');
  withPlaces(audit.command('verify').description('whether a line was altered, dropped, added or cut off')).action(
    async (options) => {
      const { auditVerify } = await import('./commands/audit.ts');
      finish(await auditVerify(common(options)));
    },
  );
  addSignatures(program, finish);
}

function addSignatures(program: Command, finish: (status: ExitStatus) => void): void {
  program
    .command('sign <file>')
    .description('sign a file: FS.… beside FI.…, else <file>.p7s')
    .requiredOption('--p12 <file>', 'key and certificate, PKCS#12')
    .option('--password-file <file>', 'its first line is the password (default: a line of standard input)')
    .option('--wrap', 'base64 in lines of 76 characters')
    .option('--json', 'as JSON')
    .action(async (file, { p12, passwordFile, wrap, json }) => {
      const { sign } = await import('./commands/sign.ts');
      finish(await sign(file, { p12, passwordFile, wrap: wrap === true, json: json === true }));
    });
  const receipt = program.command('receipt').description('signed answers');
  receipt
    .command('verify <file>')
    .description('whether a signature (.p7s or FS) beside an answer is good, offline')
    .requiredOption('--trusted <file>', 'certificate of the authority that issued the signer, PEM')
    .option('--json', 'as JSON')
    .action(async (file, options) => {
      const { receiptVerify } = await import('./commands/receipt.ts');
      finish(await receiptVerify(file, { trusted: options.trusted, json: options.json === true }));
    });
}

function addPerson(person: Command, finish: (status: ExitStatus) => void): void {
  const factor = new Argument('<factor>', 'one-time codes, or a password from standard input').choices([
    'totp',
    'password',
  ]);
  withPlaces(
    person
      .command('second-factor <person@partner>')
      .description('make the secret of a second factor; what an authenticator app takes is shown once')
      .addArgument(factor),
  ).action(async (name, kind, options) => {
    const { personSecondFactor } = await import('./commands/person.ts');
    finish(await personSecondFactor(name, kind, common(options)));
  });
}

function addDirectory(directory: Command, finish: (status: ExitStatus) => void): void {
  const environment = ['--environment <letter>', 'R or T', parseEnvironment, 'R'] as const;
  withPlaces(directory.command('load <file>').description('replace the person lines by those of a CSV file'))
    .option(...environment)
    .action(async (file, options) => {
      const { directoryLoad } = await import('./commands/directory.ts');
      const { dataDirectory, sectorsOf } = await import('./commands/places.ts');
      const { config, json } = common(options);
      const [data, sectors] = [await dataDirectory(common(options)), await sectorsOf(config)];
      const { environment } = options;
      finish(await directoryLoad({ file: resolve(file), environment, data, sectors, json }, process.stdout));
    });
  withPlaces(directory.command('lookup <insz>').description('what is known of one person'))
    .option(...environment)
    .action(async (insz, options) => {
      const { directoryLookup } = await import('./commands/directory.ts');
      const { dataDirectory } = await import('./commands/places.ts');
      const { environment } = options;
      const { json } = common(options);
      const data = await dataDirectory(common(options));
      finish(await directoryLookup({ insz, environment, data, json }, process.stdout));
    });
  withPlaces(directory.command('stats').description('how many persons and lines, and which version'))
    .option(...environment)
    .action(async (options) => {
      const { directoryStats } = await import('./commands/directory.ts');
      const { dataDirectory } = await import('./commands/places.ts');
      const { environment } = options;
      const { json } = common(options);
      const data = await dataDirectory(common(options));
      finish(await directoryStats({ environment, data, json }, process.stdout));
    });
}

function addMandates(mandates: Command, finish: (status: ExitStatus) => void): void {
  const environment = ['--environment <letter>', 'R or T', parseEnvironment, 'R'] as const;
  withPlaces(mandates.command('load <file>').description('replace the mandates of the holders a CSV file names'))
    .option(...environment)
    .action(async (file, options) => {
      const { mandatesLoad } = await import('./commands/mandates.ts');
      const { dataDirectory } = await import('./commands/places.ts');
      const data = await dataDirectory(common(options));
      const { environment } = options;
      finish(
        await mandatesLoad({ file: resolve(file), environment, data, json: options.json === true }, process.stdout),
      );
    });
  withPlaces(mandates.command('lookup <holder> <employer>').description('what one may hand in for the other, by KBO'))
    .option(...environment)
    .action(async (holder, employer, options) => {
      const { mandatesLookup } = await import('./commands/mandates.ts');
      const { dataDirectory } = await import('./commands/places.ts');
      const data = await dataDirectory(common(options));
      const { environment } = options;
      const asked = { holder, employer, environment, data, json: options.json === true };
      finish(await mandatesLookup(asked, process.stdout));
    });
}

function addAuthorizations(authorizations: Command, finish: (status: ExitStatus) => void): void {
  withPlaces(authorizations.command('list').description('every act, with its parties, dates and version')).action(
    async (options) => {
      const { authorizationsList } = await import('./commands/authorizations.ts');
      finish(await authorizationsList(common(options), process.stdout));
    },
  );
}

function addBench(bench: Command, finish: (status: ExitStatus) => void): void {
  const generate = bench.command('generate').description('the same plan gives the same file; nobody has these numbers');
  const withPlan = (command: Command): Command =>
    command
      .option('--persons <number>', 'persons of the directory', parseCount, 100_000)
      .option('--seed <number>', 'another one gives another file', parseCount, 1)
      .option('--json', 'as JSON');
  withPlan(generate.command('directory <file>').description('the dump of a directory, its lines in no order')).action(
    async (file, { persons, seed, json }) => {
      const { generateDirectory } = await import('./commands/bench.ts');
      finish(await generateDirectory(resolve(file), { persons, seed }, json === true, process.stdout));
    },
  );
  withPlan(
    generate.command('batch <file>').description('a batch about such a directory: give its persons and its seed'),
  )
    .addOption(
      new Option('--form <form>').choices(['delimited', 'fixed-width', 'json-lines', 'xml']).default('delimited'),
    )
    .option('--records <number>', 'records of the batch', parseCount, 10_000)
    .addOption(new Option('--receivers <number>', 'of a record that has any').choices(['1', '3']).default('1'))
    .action(async (file, { persons, seed, form, records, receivers, json }) => {
      const { generateBatch } = await import('./commands/bench.ts');
      const directory = { persons, seed };
      const plan = { form, records, seed, directory, receivers: receivers === '3' ? 3 : 1 } as const;
      finish(await generateBatch(resolve(file), plan, json === true, process.stdout));
    });
}

function addFlow(flow: Command, finish: (status: ExitStatus) => void): void {
  const samples = join(ROOT_FOLDER, 'test/fixtures/demo/samples');
  const option = ['--samples <directory>', 'sample files; one of each flow is shown', samples] as const;
  withPlaces(flow.command('page <code>').description('what a partner must know to hand in, as Markdown'))
    .option(...option)
    .action(async (code, options) => {
      const { flowPageCommand } = await import('./commands/flow.ts');
      finish(await flowPageCommand(code, { config: common(options).config, samples: options.samples }, process.stdout));
    });
  withPlaces(flow.command('pages <directory>').description('the pages of all flows, each as <CODE>.md'))
    .option(...option)
    .action(async (directory, options) => {
      const { flowPagesCommand } = await import('./commands/flow.ts');
      const places = { config: common(options).config, samples: options.samples };
      finish(await flowPagesCommand(resolve(directory), places, process.stdout));
    });
}

function withPlaces(command: Command): Command {
  return command
    .option('--config <directory>', 'where the configuration stands', resolve(ROOT_FOLDER, 'config'))
    .option('--data <directory>', 'where state is kept (default: as gateway.yaml says)')
    .option('--port-offset <number>', 'added to every port', parseOffset, 0)
    .option('--json', 'as JSON');
}

function common(options: Record<string, unknown>): Common {
  return {
    config: resolve(String(options.config)),
    data: typeof options.data === 'string' ? resolve(options.data) : undefined,
    portOffset: Number(options.portOffset),
    json: options.json === true,
  };
}

function parseOffset(value: string): number {
  const offset = Number(value);
  if (!Number.isInteger(offset) || offset < 0 || offset > 50_000)
    throw new InvalidArgumentError('a whole number from 0 to 50000');
  return offset;
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return count;
}

function parseEnvironment(value: string): 'R' | 'T' {
  if (value !== 'R' && value !== 'T') throw new InvalidArgumentError('R or T');
  return value;
}
