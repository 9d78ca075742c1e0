import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { common, type Finish, ROOT_FOLDER, withPlaces } from './main-options.ts';

/** Commands about the gateway: starting it, and asking the one that runs. */

export function addService(program: Command, finish: Finish): void {
  withPlaces(program.command('start').description('the gateway with config/ and var/')).action(async (options) => {
    const { start } = await import('./commands/start.ts');
    finish(await start(common(options)));
  });
  // The gateway starts its processes by this.
  program.command('process', { hidden: true }).action(async () => {
    const { processOfGateway } = await import('./commands/process.ts');
    finish(await processOfGateway());
  });
  withPlaces(program.command('demo').description('the gateway with demo partners, and the sample files through it'))
    .option('--once', 'end after the table: 0 only if every answer and delivery is as expected')
    .action(async (options) => {
      const { demo } = await import('./commands/demo.ts');
      finish(await demo({ ...common(options), once: options.once === true, root: ROOT_FOLDER }));
    });
}

export function addLooking(program: Command, finish: Finish): void {
  program
    .command('api <file>')
    .description('write the OpenAPI description of the portal')
    .action(async (file: string) => {
      const { describeApi } = await import('./commands/describe-api.ts');
      await describeApi(resolve(file));
      finish(0);
    });
  withPlaces(program.command('check').description('every problem of the configuration, with place and remedy'))
    .option(
      '--diff [generation]',
      'what it gives and takes, person by person, against the one in force; exit 1 if anything',
    )
    .action(async (options) => {
      const { check, checkDiff } = await import('./commands/check.ts');
      const { diff } = options;
      if (diff === undefined) finish(await check(common(options), process.stdout));
      else finish(await checkDiff(common(options), typeof diff === 'string' ? diff : undefined, process.stdout));
    });
  withPlaces(
    program
      .command('effective <principal> [path]')
      .description('what somebody may do, there or in the whole tree, and which line grants it'),
  )
    .addOption(
      new Option('--method <access>', 'how the connection came in')
        .choices(['line', 'private-network', 'vpn', 'internet'])
        .default('line'),
    )
    .action(async (principal, path, options) => {
      const { effective } = await import('./commands/effective.ts');
      finish(await effective(principal, path, { ...common(options), method: options.method }, process.stdout));
    });
  withPlaces(program.command('status').description('what the running gateway is doing')).action(async (options) => {
    const { status } = await import('./commands/status.ts');
    finish(await status(common(options)));
  });
  withPlaces(program.command('submit <file>').description('hand in a local file through the running gateway'))
    .option('--dry-run', 'only check it: nothing is delivered, and the answer comes here')
    .option('--as <account@partner>', 'who hands it in (default: the machine of the one partner that can be meant)')
    .option('--flow <code>', 'kind of exchange (default: as the name of the file tells)')
    .option('--environment <letter>', 'R, T or S (default: as the name of the file tells, else R)')
    .action(async (file, options) => {
      const { submit } = await import('./commands/submit.ts');
      const { dryRun, as, flow, environment } = options;
      const asked = { ...common(options), dryRun: dryRun === true, as, flow, environment };
      finish(await submit(file, asked, process.stdout));
    });
  withPlaces(program.command('trace <ticket>').description('what became of a submission')).action(
    async (ticket, options) => {
      const { trace } = await import('./commands/trace.ts');
      finish(await trace(ticket, common(options)));
    },
  );
  withPlaces(
    program
      .command('explain <ticket> <record>')
      .description('each check of one record, and the acts and lines it used'),
  ).action(async (ticket, record, options) => {
    const { explain } = await import('./commands/explain.ts');
    finish(await explain(ticket, record, common(options), process.stdout));
  });
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
  withPlaces(
    audit.command('reference <reference>').description('what lies behind a reference that a refused visitor was given'),
  ).action(async (reference: string, options) => {
    const { auditReference } = await import('./commands/audit.ts');
    finish(await auditReference(reference, common(options)));
  });
  addSignatures(program, finish);
}

/** What an operator does with single files. */
export function addOperating(program: Command, finish: Finish): void {
  withPlaces(program.command('replay <ticket>').description('check a quarantined submission again, or reject it'))
    .option('--reject', 'end it: its sender is told, and may send it again')
    .option('--reason <text>', 'why it is rejected, in a line for its sender')
    .action(async (ticket, options, command) => {
      const { replay } = await import('./commands/replay.ts');
      const { reject, reason } = options;
      if ((reject === true) !== (reason !== undefined)) command.error('--reject and --reason go together');
      finish(await replay(ticket, { ...common(options), reason }, process.stdout));
    });
  withPlaces(
    program.command('redeliver <delivery>').description('put a delivery into its mailbox again, while it is kept'),
  ).action(async (delivery, options) => {
    const { redeliver } = await import('./commands/replay.ts');
    finish(await redeliver(delivery, common(options), process.stdout));
  });
}

function addSignatures(program: Command, finish: Finish): void {
  program
    .command('sign <file...>')
    .description('sign files: FS.… beside FI.…, else <file>.p7s')
    .requiredOption('--p12 <file>', 'key and certificate, PKCS#12')
    .option('--password-file <file>', 'its first line is the password (default: a line of standard input)')
    .option('--wrap', 'base64 in lines of 76 characters')
    .option('--json', 'as JSON')
    .action(async (files, { p12, passwordFile, wrap, json }) => {
      const { sign } = await import('./commands/sign.ts');
      finish(await sign(files, { p12, passwordFile, wrap: wrap === true, json: json === true }));
    });
  const receipt = program.command('receipt').description('signed answers');
  receipt
    .command('verify <file...>')
    .description(
      'whether answers and deliveries are as they were signed (by .p7s, FS or manifest beside them), offline',
    )
    .requiredOption('--trusted <file>', 'certificate of the authority that issued the signer, PEM')
    .option('--of <file...>', 'what was sent, every part of it: the receipt must be about this')
    .option('--json', 'as JSON')
    .action(async (files, options) => {
      const { receiptVerify } = await import('./commands/receipt.ts');
      const { trusted, of = [], json } = options;
      finish(await receiptVerify(files, { trusted, of, json: json === true }));
    });
}
