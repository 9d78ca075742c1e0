/** What a text may be filled in with. */
export type Values = Readonly<Record<string, string | number>>;

type Plural = { readonly name: string; readonly forms: ReadonlyMap<string, string> };

/**
 * Fills in a text in the manner of ICU: `{name}`, and `{count, plural, one {# file} other {# files}}`, where `#` is the
 * number. Numbers are written as the locale does.
 * @throws Error where a placeholder has no value: a test finds it before a reader does
 */
export function formatMessage(template: string, values: Values, locale: string): string {
  let text = '';
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open === -1) return text + template.slice(at);
    const close = closingBrace(template, open);
    text += template.slice(at, open) + placeholder(template.slice(open + 1, close), values, locale);
    at = close + 1;
  }
  return text;
}

/** Names of everything that a text wants to be filled in with, in order of the alphabet. */
export function placeholdersOf(template: string): readonly string[] {
  const names = new Set<string>();
  for (let open = template.indexOf('{'); open !== -1; open = template.indexOf('{', open)) {
    const close = closingBrace(template, open);
    const inside = template.slice(open + 1, close);
    const plural = pluralOf(inside);
    names.add(plural?.name ?? inside.trim());
    for (const form of plural?.forms.values() ?? []) for (const name of placeholdersOf(form)) names.add(name);
    open = close + 1;
  }
  return [...names].sort();
}

/** Forms of every plural in a text, such as `one` and `other`. */
export function pluralFormsOf(template: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (let open = template.indexOf('{'); open !== -1; open = template.indexOf('{', open)) {
    const close = closingBrace(template, open);
    const plural = pluralOf(template.slice(open + 1, close));
    if (plural !== undefined) found.push([...plural.forms.keys()]);
    open = close + 1;
  }
  return found;
}

function placeholder(inside: string, values: Values, locale: string): string {
  const plural = pluralOf(inside);
  const name = plural?.name ?? inside.trim();
  const value = values[name];
  if (value === undefined) throw new Error(`the text asks for {${name}}`);
  if (plural === undefined) return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
  const count = Number(value);
  const form =
    plural.forms.get(`=${count}`) ??
    plural.forms.get(new Intl.PluralRules(locale).select(count)) ??
    plural.forms.get('other') ??
    '';
  return formatMessage(form.replaceAll('#', new Intl.NumberFormat(locale).format(count)), values, locale);
}

function pluralOf(inside: string): Plural | undefined {
  const [, name, rest] = /^\s*(\w+)\s*,\s*plural\s*,(.*)$/s.exec(inside) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const forms = new Map<string, string>();
  for (let open = rest.indexOf('{'), at = 0; open !== -1; open = rest.indexOf('{', at)) {
    const close = closingBrace(rest, open);
    forms.set(rest.slice(at, open).trim(), rest.slice(open + 1, close));
    at = close + 1;
  }
  return { name, forms };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`a brace is not closed: ${text}`);
}
