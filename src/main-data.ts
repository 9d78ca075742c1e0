import { constants, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { common, type Finish, parseCount, parseEnvironment, ROOT_FOLDER, withPlaces } from './main-options.ts';

/** Commands about what decisions rest on: the directory, mandates, acts and flows. */

export function addBench(bench: Command, finish: Finish): void {
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

export function addDirectory(directory: Command, finish: Finish): void {
  const environment = ['--environment <letter>', 'R or T', parseEnvironment, 'R'] as const;
  withPlaces(directory.command('load <file>').description('replace the person lines by those of a CSV file'))
    .option(...environment)
    .action(async (file, options) => {
      const { directoryLoad } = await import('./commands/directory.ts');
      const { dataDirectory, sectorsOf } = await import('./commands/places.ts');
      const { config, json } = common(options);
      const [data, sectors] = [await dataDirectory(common(options)), await sectorsOf(config)];
      const { environment } = options;
      // A gateway that runs beside it comes first.
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
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

export function addMandates(mandates: Command, finish: Finish): void {
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

export function addAuthorizations(authorizations: Command, finish: Finish): void {
  withPlaces(authorizations.command('list').description('every act, with its parties, dates and version')).action(
    async (options) => {
      const { authorizationsList } = await import('./commands/authorizations.ts');
      finish(await authorizationsList(common(options), process.stdout));
    },
  );
}

export function addFlow(flow: Command, finish: Finish): void {
  const samples = join(ROOT_FOLDER, 'test/fixtures/samples');
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
