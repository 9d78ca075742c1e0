import { z } from 'zod';
import { date, environment, flowCode, path } from './common.ts';

const flowFields = {
  code: z.string(),
  name: z.string(),
  kind: z.string(),
  sends: z.boolean(),
  receives: z.boolean(),
};

export const flows = z
  .object({ items: z.array(z.object(flowFields).meta({ id: 'FlowSummary' })), next: z.null() })
  .meta({ id: 'Flows' });

export const flowParams = z.strictObject({ code: flowCode });
export const sampleParams = z.strictObject({ code: flowCode, name: z.string().min(1).max(255) });

export const explainedCode = z
  .object({ code: z.string(), text: z.string(), remedy: z.string(), where: z.enum(['receipt', 'refused', 'remark']) })
  .meta({ id: 'ExplainedCode' });

/**
 * What to send and what comes back; generated from the configuration, in the language of the caller. Names in sentences
 * stand between backticks.
 */
export const flow = z
  .object({
    ...flowFields,
    about: z.array(z.string()),
    /** Where files of each environment are put, and where answers and deliveries lie. */
    folders: z.array(z.object({ environment, intake: path, mailbox: path })),
    sending: z.array(z.string()),
    format: z.object({ kind: z.string(), text: z.string() }),
    /** What the name of a single file matches. */
    pattern: z.string(),
    layouts: z.array(
      z.object({
        version: z.string(),
        from: date,
        until: date.nullable(),
        fields: z.array(
          z.object({
            position: z.string(),
            name: z.string(),
            form: z.string(),
            required: z.enum(['yes', 'no', 'with its group']),
            meaning: z.string(),
            block: z.string().nullable(),
          }),
        ),
        rules: z.array(z.string()),
      }),
    ),
    answers: z.array(z.string()),
    codes: z.array(explainedCode),
    samples: z.array(z.string()),
  })
  .meta({ id: 'Flow' });

export const codesQuery = z.strictObject({ flow: flowCode.optional() });
export const codes = z.object({ items: z.array(explainedCode), next: z.null() }).meta({ id: 'Codes' });

export type Flows = z.infer<typeof flows>;
export type Flow = z.infer<typeof flow>;
export type ExplainedCode = z.infer<typeof explainedCode>;
export type Codes = z.infer<typeof codes>;
