import { GatewayError } from '../domain/errors.ts';
import type { DeadProperty, PropertyChange, PropertyName } from './commands.ts';
import { type Command, keyOf, type Step } from './sqlite-step.ts';
import { findEntry, notFound } from './sqlite-tree.ts';

export function patchProperties(step: Step, { path, changes, maxBytes }: Command<'patchProperties'>): void {
  const entry = findEntry(step.sql, path);
  if (entry === undefined) throw notFound();
  const properties = changes.reduce(changed, entry.properties ?? []);
  if (properties.reduce((sum, property) => sum + bytesOf(property), 0) > maxBytes) {
    throw new GatewayError(
      'too-large',
      `the properties of one name have at most ${maxBytes} bytes together; store fewer`,
    );
  }
  const rows = properties.map(({ namespace, name, xml }) => [namespace, name, xml]);
  step.sql.run('UPDATE entry SET properties = $properties WHERE folder = $folder AND name = $name', {
    ...keyOf(path),
    properties: rows.length === 0 ? null : JSON.stringify(rows),
  });
}

/** A property that is set again keeps its place. */
function changed(properties: readonly DeadProperty[], change: PropertyChange): readonly DeadProperty[] {
  const { property } = change;
  if (change.kind === 'remove') return properties.filter((one) => !isSame(one, property));
  const known = properties.findIndex((one) => isSame(one, property));
  return known < 0 ? [...properties, change.property] : properties.with(known, change.property);
}

function isSame(a: PropertyName, b: PropertyName): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

function bytesOf({ namespace, name, xml }: DeadProperty): number {
  return Buffer.byteLength(namespace) + Buffer.byteLength(name) + Buffer.byteLength(xml);
}
