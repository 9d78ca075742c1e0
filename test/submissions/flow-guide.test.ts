import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { soundSettings } from '../../src/commands/places.ts';
import type { Flow } from '../../src/domain/flow.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Language } from '../../src/domain/partner.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { type FlowGuide, flowGuide } from '../../src/submissions/flow-guide/guide.ts';
import { meaningsIn } from '../../src/submissions/flow-guide/meanings.ts';
import { LANGUAGES } from '../../src/texts/texts.ts';

const CONFIG = join(import.meta.dirname, '../../config');
let generation: Generation;

beforeAll(async () => {
  generation = (await soundSettings(CONFIG)).generation;
});

function shipped(code: string): Flow {
  const flow = generation.flows.find((one) => one.code === code);
  if (flow === undefined) throw new Error(`there is no flow ${code}`);
  return flow;
}

async function guideOf(flow: Flow, language: Language): Promise<FlowGuide> {
  const meanings = meaningsIn(await readFile(join(CONFIG, flow.source), 'utf8'));
  return flowGuide({ flow, generation, meanings, language });
}

function meaningOf({ layouts }: FlowGuide, field: string): string | undefined {
  return layouts[0]?.fields.find(({ name }) => name === field)?.meaning;
}

test('the guide of a flow is in the language of who reads it', async () => {
  const guide = await guideOf(shipped('BBON'), 'fr');
  expect(guide.about[1]).toBe(
    'Chaque enregistrement va à 11/0, avec les seuls blocs de données que cette institution peut avoir.',
  );
  expect(guide.sending).toContain('Les mêmes octets sous un autre nom sont refusés.');
  expect(guide.format.text).toContain('Le type se trouve en 1 : `H` l’en-tête, `D` un enregistrement, `T` la fin.');
  expect(guide.format.text).toContain(
    '| 9–23 | somme de `amount` sur tous les enregistrements, ses 15 derniers chiffres |',
  );
  expect(guide.layouts[0]?.rules).toEqual([
    '`end` n’est pas avant `begin`.',
    'Un enregistrement dont `action` vaut `1` ou `3` modifie ou annule celui qui a le même `sender_ref`. Il atteint exactement ceux qui ont reçu celui-là.',
  ]);
  expect(meaningOf(guide, 'sender_ref')).toBe(
    'référence de l’attestation ; unique parmi les enregistrements d’un expéditeur',
  );
  expect(guide.answers.at(-2)).toContain('un rappel après 7 et 21 jours');
});

test('in each language every sentence of every shipped flow is filled in, and no other language has it', async () => {
  for (const flow of generation.flows) {
    const seen = new Map<string, Language>();
    for (const language of LANGUAGES) {
      const { about, sending, answers, format, layouts } = await guideOf(flow, language);
      for (const text of [...about, ...sending, ...answers, format.text, ...layouts.flatMap(({ rules }) => rules)]) {
        expect(text).not.toMatch(/\{[a-z]\w*\}|undefined/);
        expect([text, seen.get(text) ?? language]).toEqual([text, language]);
        seen.set(text, language);
      }
    }
  }
});

test('an expectation, a hold and a missing factor are told in German', async () => {
  const flow: Flow = {
    ...shipped('WLAT'),
    ...{ level: 2, order: 'strict', afterQuarantine: 'hold' },
    expected: [{ from: 'rva' as PartnerId, every: 'week', weekday: 'friday', by: '18:00', graceHours: 24 }],
  };
  const { sending, layouts } = await guideOf(flow, 'de');
  expect(sending.slice(-4)).toEqual([
    'Lieferungen gehen in der Reihenfolge hinaus, in der die Dateien kamen; liegt eine Datei beiseite, warten die dahinter.',
    'Ein zweiter Faktor ist nötig.',
    'Eine Datei von `rva` wird jede Woche am Freitag bis 18:00 erwartet, belgische Zeit; 24 h später fehlt sie.',
    'Vom Empfang bis zur Antwort ist eine Datei unveränderlich. Ihr Name bleibt nach der Antwort noch 60 s in der Liste.',
  ]);
  expect(layouts[0]?.fields[0]?.position).toBe('Objektelement');
});
