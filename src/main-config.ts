import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { common, type Finish, withPlaces } from './main-options.ts';

/** Commands about the configuration under two pairs of eyes. */
export function addConfig(config: Command, finish: Finish): void {
  addStored(config, finish);
  withKeys(
    withWish(
      withPlaces(config.command('propose [folder]').description('ask for a change: the files as they stand now')),
    ),
  ).action(async (folder, options) => {
    const { configPropose } = await import('./commands/config.ts');
    const places = typeof folder === 'string' ? resolve(folder) : undefined;
    finish(await configPropose(places, { ...common(options), ...signing(options), ...wish(options) }, process.stdout));
  });
  withSigning(
    withPlaces(
      config.command('sign <proposal>').description('sign a proposal of your own that was made without a key'),
    ),
  ).action(async (proposal, options) => {
    const { configSign } = await import('./commands/config.ts');
    finish(await configSign(proposal, { ...common(options), ...signing(options) }, process.stdout));
  });
  withSigning(
    withPlaces(config.command('approve <proposal>').description('sign a proposal, as its second person')),
  ).action(async (proposal, options) => {
    const { configApprove } = await import('./commands/config.ts');
    finish(await configApprove(proposal, { ...common(options), ...signing(options) }, process.stdout));
  });
  withPlaces(
    config.command('apply <proposal>').description('write an approved proposal into the folder, and put it in force'),
  ).action(async (proposal, options) => {
    const { configApply } = await import('./commands/config.ts');
    finish(await configApply(proposal, common(options), process.stdout));
  });
  withKeys(
    withWish(withPlaces(config.command('rollback <generation>').description('propose an earlier generation again'))),
  ).action(async (generation, options) => {
    const { configRollback } = await import('./commands/config.ts');
    const asked = { ...common(options), ...signing(options), ...wish(options) };
    finish(await configRollback(generation, asked, process.stdout));
  });
}

/** A look into the content of files, with a second person. */
export function addBreakGlass(glass: Command, finish: Finish): void {
  withKeys(
    withPlaces(glass.command('open').description('ask for it, with the key or certificate of the one who looks'))
      .requiredOption('--principal <person@partner>', 'who looks: a person of the hub with a role')
      .requiredOption('--path <path>', 'what, as in /rjv/OUT/ADRM')
      .requiredOption('--reason <text>', 'why; the data protection officer reads it')
      .requiredOption('--minutes <number>', 'for how long'),
  ).action(async (options) => {
    const { breakGlassOpen } = await import('./commands/break-glass.ts');
    const { principal, path, reason, minutes } = options;
    const wanted = { principal, path, reason, minutes };
    finish(await breakGlassOpen(wanted, { ...common(options), ...signing(options) }, process.stdout));
  });
  withSigning(
    withPlaces(glass.command('sign <id>').description('sign what you asked for, where "open" had no key')),
  ).action(async (id, options) => {
    const { breakGlassProve } = await import('./commands/break-glass.ts');
    finish(await breakGlassProve(id, { ...common(options), ...signing(options) }, process.stdout));
  });
  withSigning(
    withPlaces(glass.command('approve <id>').description('sign what was asked for, as its second person')),
  ).action(async (id, options) => {
    const { breakGlassApprove } = await import('./commands/break-glass.ts');
    finish(await breakGlassApprove(id, { ...common(options), ...signing(options) }, process.stdout));
  });
  withSigning(
    withPlaces(
      glass.command('read <id> <path> <file>').description('copy one file here, while it is open, signed by who asked'),
    ),
  ).action(async (id, path, file, options) => {
    const { breakGlassRead } = await import('./commands/break-glass.ts');
    finish(await breakGlassRead(id, path, file, { ...common(options), ...signing(options) }, process.stdout));
  });
  withSigning(
    withPlaces(glass.command('list').description('what you asked for; or everybody, as who watches over it')),
  ).action(async (options) => {
    const { breakGlassList } = await import('./commands/break-glass.ts');
    finish(await breakGlassList({ ...common(options), ...signing(options) }, process.stdout));
  });
}

/** What is kept; these work with the gateway stopped as well. */
function addStored(config: Command, finish: Finish): void {
  withPlaces(config.command('history').description('every generation that was in force, and open proposals')).action(
    async (options) => {
      const { configHistory } = await import('./commands/config.ts');
      finish(await configHistory(common(options), process.stdout));
    },
  );
  withPlaces(
    config.command('show <generation> [file]').description('the files of a generation or a proposal, or one of them'),
  )
    .option('--to-sign', 'what the approver of a proposal signs')
    .action(async (generation, file, options) => {
      const { configShow } = await import('./commands/config.ts');
      finish(
        await configShow(generation, file, { ...common(options), toSign: options.toSign === true }, process.stdout),
      );
    });
}

function withWish(command: Command): Command {
  return command
    .option(
      '--author <person@partner>',
      'who asks for it (default: the user of this machine); two persons approve where the author does not sign',
    )
    .option('--message <text>', 'why');
}

function wish({ author, message }: Record<string, unknown>) {
  return { author: textOf(author), message: textOf(message) };
}

function withSigning(command: Command): Command {
  return withProof(command).option(
    '--signature <file>',
    'made elsewhere: by ssh-keygen -Y sign -n config@sluis, or a detached CMS',
  );
}

/** Where nobody can have signed before, the option is there to be told so. */
function withKeys(command: Command): Command {
  return withProof(command).addOption(new Option('--signature <file>').hideHelp());
}

function withProof(command: Command): Command {
  return command
    .option('--key <file>', 'SSH private key, or the public one of a key that the agent holds')
    .addOption(new Option('--agent <socket>', 'SSH agent').env('SSH_AUTH_SOCK'))
    .option('--certificate <file>', 'PKCS#12 with key and certificate')
    .option('--password-file <file>', 'its first line is the password of the key or certificate');
}

function signing({ key, agent, certificate, passwordFile, signature }: Record<string, unknown>) {
  return {
    key: textOf(key),
    agent: textOf(agent),
    certificate: textOf(certificate),
    passwordFile: textOf(passwordFile),
    signature: textOf(signature),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
