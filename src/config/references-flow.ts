import type { IsoDate } from '../domain/period.ts';
import { type ConfigFiles, known } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { conditionProblems } from './references-conditions.ts';
import { fieldProblems, type TypeName } from './references-fields.ts';
import { formatProblems } from './references-format.ts';
import { kindProblems } from './references-kind.ts';
import { reversed } from './references-partner.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';

/** The block that always passes: what identifies a record. */
const KEY_BLOCK = 'key';

type RoleName = keyof LayoutFile['roles'];

const FIRST_DAY = '0000-01-01' as IsoDate;

/** What a field must be to carry a role. */
const ROLE_TYPES: Readonly<Record<RoleName, readonly TypeName[]>> = {
  number: ['integer'],
  person: ['insz'],
  replacedBy: ['insz'],
  periodBegin: ['date'],
  periodEnd: ['date'],
  quality: ['digits'],
  qualityBegin: ['date'],
  qualityEnd: ['date'],
  reference: ['text'],
  cancels: ['text'],
  receiver: ['institution'],
  receiverSector: ['sector', 'integer', 'digits'],
  receiverType: ['sector', 'integer', 'digits'],
  receiverKbo: ['kbo'],
  receiverPartner: ['text', 'code'],
  questionTicket: ['text'],
  action: ['code'],
  phase: ['integer', 'digits'],
  employer: ['kbo'],
  application: ['text', 'code'],
  user: ['text', 'insz'],
  question: ['text', 'code'],
  information: ['text', 'code'],
};

/** Roles that a field of the header may have too, for all records of a file. */
const IN_HEADER: ReadonlySet<string> = new Set(['application', 'user', 'question', 'information']);

function isInHeader({ format }: FlowFile, name: string): boolean {
  return format.kind === 'fixed-width' && (format.header?.fields.some((field) => field.name === name) ?? false);
}

/** A flow names fields that exist and that can carry what is asked of them. */
export function flowProblems(files: ConfigFiles): readonly Problem[] {
  const most = files.gateway?.whole === true ? files.gateway.value.limits.maxFileBytes : undefined;
  return known(files.flows).flatMap((flow) => {
    if (!isIntact(flow)) return [];
    const layouts = flow.value.layouts.flatMap((_, index) => layoutProblems(flow, index));
    const format = flow.whole ? formatProblems(flow) : []; // stand-ins have no columns
    return [...layouts, ...kindProblems(flow), ...format, ...blockProblems(flow), ...sizeProblems(flow, most)];
  });
}

/** Whether every field has the name and type its author wrote, so that what refers to it can be judged. */
function isIntact({ places, value, whole }: ReadFile<FlowFile>): boolean {
  if (whole) return true;
  return value.layouts.every((layout, index) =>
    layout.fields.every((_, position) =>
      ['name', 'type'].every((key) => places.written(['layouts', index, 'fields', position, key]) !== undefined),
    ),
  );
}

function layoutProblems(flow: ReadFile<FlowFile>, index: number): Problem[] {
  const { places, value } = flow;
  const layout = value.layouts[index];
  if (layout === undefined) return [];
  const problems = reversed(
    places,
    ['layouts', index],
    { from: layout.validFrom, until: layout.validUntil },
    'validUntil',
  );
  problems.push(
    ...reversed(
      places,
      ['layouts', index],
      { from: layout.referenceFrom ?? FIRST_DAY, until: layout.referenceUntil },
      'referenceUntil',
    ),
  );
  const names = layout.fields.map((field) => field.name);
  for (const [position, name] of names.entries()) {
    if (names.indexOf(name) === position) continue;
    problems.push(
      places.at(
        ['layouts', index, 'fields', position, 'name'],
        `the field "${name}" stands twice`,
        'give each field its own name',
      ),
    );
  }
  if (value.layouts.findIndex((one) => one.version === layout.version) !== index) {
    problems.push(
      places.at(
        ['layouts', index, 'version'],
        `version "${layout.version}" stands twice`,
        'give each layout its own version',
      ),
    );
  }
  const roles = new Map<string, string | undefined>(Object.entries(layout.roles));
  const ofQuarters = value.kind === 'request' || value.kind === 'answer';
  for (const [role, types] of Object.entries(ROLE_TYPES)) {
    const name = roles.get(role);
    const taken = ofQuarters && role === 'periodBegin' ? [...types, 'quarter' as const] : types;
    if (name === undefined || (IN_HEADER.has(role) && isInHeader(flow.value, name))) continue;
    problems.push(...fieldProblems(flow, index, ['roles', role], name, taken));
  }
  return [...problems, ...conditionProblems(flow, index)];
}

/** Blocks share out all fields: each in one block, none left over. */
function blockProblems({ places, value, whole }: ReadFile<FlowFile>): Problem[] {
  const problems: Problem[] = [];
  const fields = [...new Set(value.layouts.flatMap((layout) => layout.fields.map((field) => field.name)))];
  const placed = new Map<string, string>();
  for (const [block, names] of Object.entries(value.blocks)) {
    for (const [index, name] of names.entries()) {
      const other = placed.get(name);
      const path = ['blocks', block, index];
      if (!fields.includes(name))
        problems.push(places.at(path, `no layout has a field "${name}"`, choose(name, fields, 'field')));
      else if (other !== undefined && other !== block) {
        problems.push(
          places.at(
            path,
            `the field "${name}" is already in block "${other}"`,
            'a field stands in one block: keep one of the two',
          ),
        );
      }
      placed.set(name, block);
    }
  }
  if (!whole) return problems; // a block or field that was refused is not missing
  if (!Object.hasOwn(value.blocks, KEY_BLOCK)) {
    const remedy = `add "${KEY_BLOCK}" with the fields that identify a record; it reaches every receiver`;
    problems.push(places.atKey(['blocks'], `the block "${KEY_BLOCK}" is missing`, remedy));
  }
  for (const name of fields.filter((one) => !placed.has(one))) {
    problems.push(
      places.atKey(['blocks'], `the field "${name}" is in no block, so nobody would receive it`, 'add it to a block'),
    );
  }
  return problems;
}

function sizeProblems({ places, value }: ReadFile<FlowFile>, most: number | undefined): Problem[] {
  if (most === undefined || value.maxFileBytes <= most) return [];
  const message = `"maxFileBytes" is ${value.maxFileBytes}, more than the gateway takes (${most})`;
  return [places.at(['maxFileBytes'], message, `write ${most} or less, or raise limits.maxFileBytes in gateway.yaml`)];
}
