/** One command of a page of documentation, and what it must print. */
export type GuideStep = { readonly line: number; readonly command: string; readonly output: string };

/**
 * The commands of the `console` blocks of a page: a line that begins with `$ `, with its continuation lines (`\` at the end) and
 * its here-document; what follows up to the next command is what it prints.
 */
export function guideSteps(markdown: string): readonly GuideStep[] {
  const lines = markdown.split('\n');
  const steps: { line: number; command: string; output: string }[] = [];
  let inside = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith('```')) inside = line === '```console';
    else if (inside && line.startsWith('$ ')) {
      const from = index;
      const command = [line.slice(2)];
      const end = /<<'(\w+)'/.exec(line)?.[1];
      while (end === undefined ? (lines[index] ?? '').endsWith('\\') : lines[index] !== end) {
        index += 1;
        const next = lines[index];
        if (next === undefined || next.startsWith('```')) throw new Error(`the command of line ${from + 1} has no end`);
        command.push(next);
      }
      steps.push({ line: from + 1, command: command.join('\n'), output: '' });
    } else if (inside) {
      const last = steps.at(-1);
      if (last === undefined) throw new Error(`line ${index + 1} is printed by no command`);
      last.output += `${line}\n`;
    }
  }
  return steps;
}

/** What no two runs share, as the page names it. */
export function withPlaceholders(text: string): string {
  return text
    .replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, '{fingerprint}')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '{digest}')
    .replaceAll(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/g, '{reference}')
    .replaceAll(/\b(?=[A-Z]*\d)[0-9A-Z]{13}\b/g, '{ticket}')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '{time}')
    .replaceAll(/\b[0-9a-f]{12}\b/g, '{short}')
    .replaceAll(/\bsystem:[\w.-]+/g, 'system:{user}')
    .replaceAll(/\b\d+ (lines|signed heads)\b/g, '{count} $1');
}
