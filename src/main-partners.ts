import { Argument, type Command } from 'commander';
import { common, type Finish, withPlaces } from './main-options.ts';

/** Commands about partners, their persons, and what proves those: they change files of `config/`. */

const AS = ['--as <e-mail>', 'the local administrator who asks for it (default: the hub, by the system user)'] as const;

export function addPerson(person: Command, finish: Finish): void {
  addSecondFactor(person, finish);
  addDesignations(person, finish);
  addProofs(person, finish);
  withPlaces(
    person.command('list [partner]').description('persons and machine accounts, and whether each may come in today'),
  ).action(async (partner, options) => {
    const { personList } = await import('./commands/person-list.ts');
    finish(await personList(partner, common(options), process.stdout));
  });
}

function addSecondFactor(person: Command, finish: Finish): void {
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

function addDesignations(person: Command, finish: Finish): void {
  editing(person.command('add <person@partner>').description('designate a person who has no entry yet'))
    .requiredOption('--name <name>', 'his name')
    .requiredOption('--act <text>', 'the act of the leading official')
    .option('--from <date>', 'first day (default: today)')
    .option('--until <date>', 'last day (default: none)')
    .option('--flows <codes>', 'the flows he works with, with commas (default: all of the partner)', codes)
    .option('--same-person-as <person@partner>', 'whom another partner designated before; what proves him stands there')
    .action(async (name, { name: fullName, act, from, until, flows, samePersonAs, ...options }) => {
      const { personAdd } = await import('./commands/person-edit.ts');
      const facts = { name: fullName, act, from, until, flows, samePersonAs };
      finish(await personAdd(name, facts, asked(options), process.stdout));
    });
  editing(person.command('designate <person@partner>').description('a new act in place of the one before'))
    .requiredOption('--act <text>', 'the act of the leading official')
    .option('--from <date>', 'first day (default: today)')
    .option('--until <date>', 'last day (default: none)')
    .action(async (name, { act, from, until, ...options }) => {
      const { personDesignate } = await import('./commands/person-edit.ts');
      finish(await personDesignate(name, { act, from, until }, asked(options), process.stdout));
    });
  editing(
    person.command('accept-regulation <person@partner>').description('write down that he accepted the user regulation'),
  )
    .option('--version <word>', 'which version (default: the one in force)')
    .option('--on <date>', 'when (default: today)')
    .action(async (name, { version, on, ...options }) => {
      const { personAcceptRegulation } = await import('./commands/person-edit.ts');
      finish(await personAcceptRegulation(name, { version, on }, asked(options), process.stdout));
    });
  editing(person.command('disable <account@partner>').description('keep a person or machine account out')).action(
    async (name, options) => {
      const { personDisable } = await import('./commands/person-edit.ts');
      finish(await personDisable(name, asked(options), process.stdout));
    },
  );
  editing(person.command('enable <account@partner>').description('let it in again')).action(async (name, options) => {
    const { personEnable } = await import('./commands/person-edit.ts');
    finish(await personEnable(name, asked(options), process.stdout));
  });
}

function addProofs(person: Command, finish: Finish): void {
  const key = person.command('key').description('SSH public keys of an account');
  editing(key.command('add <account@partner> <file>').description('register the key of a .pub file')).action(
    async (name, file, options) => {
      const { personKeyAdd } = await import('./commands/person-proofs.ts');
      finish(await personKeyAdd(name, file, asked(options), process.stdout));
    },
  );
  editing(
    key.command('remove <account@partner> <key>').description('by its fingerprint (SHA256:…), or its .pub file'),
  ).action(async (name, which, options) => {
    const { personKeyRemove } = await import('./commands/person-proofs.ts');
    finish(await personKeyRemove(name, which, asked(options), process.stdout));
  });
  const certificate = person.command('certificate').description('class-3 certificates of an account');
  choosing(certificate.command('add <account@partner>').description('register one')).action(async (name, options) => {
    const { personCertificateAdd } = await import('./commands/person-proofs.ts');
    finish(await personCertificateAdd(name, options, asked(options), process.stdout));
  });
  choosing(certificate.command('remove <account@partner>').description('take one away')).action(
    async (name, options) => {
      const { personCertificateRemove } = await import('./commands/person-proofs.ts');
      finish(await personCertificateRemove(name, options, asked(options), process.stdout));
    },
  );
}

export function addPartner(partner: Command, finish: Finish): void {
  withPlaces(partner.command('list').description('every partner')).action(async (options) => {
    const { partnerList } = await import('./commands/partner.ts');
    finish(await partnerList(common(options), process.stdout));
  });
  withPlaces(partner.command('show <partner>').description('its file; as JSON, what it means')).action(
    async (id, options) => {
      const { partnerShow } = await import('./commands/partner.ts');
      finish(await partnerShow(id, common(options), process.stdout));
    },
  );
  withPlaces(partner.command('usage [partner]').description('bytes it sent and got, by day'))
    .option('--days <number>', 'how many days back (default: 31)')
    .action(async (id, { days, ...options }) => {
      const { partnerUsage } = await import('./commands/partner-usage.ts');
      finish(await partnerUsage(id, days, common(options), process.stdout));
    });
  addNewPartner(partner, finish);
  editing(partner.command('disable <partner>').description('keep all its accounts out')).action(async (id, options) => {
    const { partnerDisable } = await import('./commands/partner.ts');
    finish(await partnerDisable(id, asked(options), process.stdout));
  });
  editing(partner.command('enable <partner>').description('let them in again')).action(async (id, options) => {
    const { partnerEnable } = await import('./commands/partner.ts');
    finish(await partnerEnable(id, asked(options), process.stdout));
  });
  editing(partner.command('machine <machine@partner>').description('make a machine account'))
    .requiredOption('--purpose <text>', 'what it is for')
    .option('--flows <codes>', 'the flows it works with, with commas (default: all of the partner)', codes)
    .action(async (name, { purpose, flows, ...options }) => {
      const { partnerMachine } = await import('./commands/partner.ts');
      finish(await partnerMachine(name, { purpose, flows }, asked(options), process.stdout));
    });
  editing(partner.command('mandate <partner> <person>').description('a local administrator, as "Name <e-mail>"'))
    .option('--from <date>', 'first day (default: today)')
    .option('--until <date>', 'last day (default: none)')
    .action(async (id, person, { from, until, ...options }) => {
      const { partnerMandate } = await import('./commands/partner.ts');
      finish(await partnerMandate(id, person, { from, until }, asked(options), process.stdout));
    });
  editing(partner.command('withdraw <partner> <e-mail>').description('take the mandate of a local administrator away'))
    .option('--on <date>', 'from which day (default: today)')
    .action(async (id, email, { on, ...options }) => {
      const { partnerWithdraw } = await import('./commands/partner.ts');
      finish(await partnerWithdraw(id, email, on, asked(options), process.stdout));
    });
}

export function addCert(cert: Command, finish: Finish): void {
  withPlaces(
    cert
      .command('issue <account@partner>')
      .description('demo certificate and keys of an account, where they are missing'),
  ).action(async (name, options) => {
    const { certIssue } = await import('./commands/cert.ts');
    finish(await certIssue(name, common(options), process.stdout));
  });
  withPlaces(
    cert
      .command('revoke <proof>')
      .description('take a certificate or SSH key out of use here: a PEM or .pub file, a SHA-256, or SHA256:…')
      .requiredOption('--reason <text>', 'why, for the log'),
  ).action(async (which, { reason, ...options }) => {
    const { certRevoke } = await import('./commands/cert.ts');
    finish(await certRevoke(which, reason, common(options), process.stdout));
  });
  withPlaces(cert.command('list').description('what was revoked here')).action(async (options) => {
    const { certList } = await import('./commands/cert.ts');
    finish(await certList(common(options), process.stdout));
  });
}

function addNewPartner(partner: Command, finish: Finish): void {
  editing(partner.command('add <partner>').description('make the file of a new partner; people as "Name <e-mail>"'))
    .requiredOption('--name <text>', 'of the institution')
    .requiredOption('--institution <sector/type>', 'as in 18/0')
    .requiredOption('--kbo <number>', 'ten digits')
    .requiredOption('--language <code>', 'nl, fr, de or en')
    .requiredOption('--sender-numbers <numbers>', 'with commas', codes)
    .requiredOption('--address <address>', 'from where it comes: an IP address or network')
    .requiredOption('--leading-official <person>', 'who designates its persons')
    .requiredOption('--ciso <person>', 'information security officer')
    .requiredOption('--dpo <person>', 'data protection officer')
    .requiredOption('--local-administrator <person>', 'who manages its persons and keys')
    .requiredOption('--helpdesk <person>', 'whom its users call')
    .requiredOption('--telephone <number>', 'of the helpdesk')
    .option('--mandate-from <date>', 'of the local administrator (default: today)')
    .option('--access-method <method>', 'line, private-network or vpn', 'line')
    .option('--network <network>', 'primary, secondary or extension', 'primary')
    .option('--layout <layout>', 'by-flow or flat', 'by-flow')
    .option('--answer-format <format>', 'json or rsz-xml', 'json')
    .option('--sends <codes>', 'flows it hands in, with commas', codes, [])
    .option('--receives <codes>', 'flows whose deliveries it gets, with commas', codes, [])
    .action(async (id, options) => {
      const { partnerAdd } = await import('./commands/partner.ts');
      finish(await partnerAdd(id, options, asked(options), process.stdout));
    });
}

function editing(command: Command): Command {
  return withPlaces(command).option(...AS);
}

function choosing(command: Command): Command {
  return editing(command)
    .option('--pem <file>', 'this very certificate')
    .option('--sha256 <digest>', 'the one with this digest')
    .option('--email <address>', 'one for this e-mail address')
    .option('--national-number <number>', 'the identity card of this person')
    .option('--machine <kbo/name>', 'of a program: KBO number and common name');
}

function asked(options: Record<string, unknown>) {
  return { ...common(options), as: typeof options.as === 'string' ? options.as : undefined };
}

function codes(text: string): readonly string[] {
  return text.split(',').map((code) => code.trim());
}
