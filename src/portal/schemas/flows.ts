import { z } from 'zod';
import { flowCode } from './common.ts';

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
  .object({ code: z.string(), text: z.string(), remedy: z.string() })
  .meta({ id: 'ExplainedCode' });

/** What to send and what comes back; generated from the configuration. */
export const flow = z
  .object({
    ...flowFields,
    /** In plain words, one paragraph each. */
    about: z.array(z.string()),
    format: z.object({ kind: z.string(), charset: z.string(), text: z.string() }),
    names: z.object({ pattern: z.string(), text: z.string(), example: z.string().nullable() }),
    layouts: z.array(
      z.object({
        version: z.string(),
        from: z.string().nullable(),
        until: z.string().nullable(),
        fields: z.array(
          z.object({ name: z.string(), label: z.string(), type: z.string(), required: z.boolean(), rule: z.string() }),
        ),
      }),
    ),
    answers: z.array(z.object({ kind: z.string(), name: z.string(), text: z.string() })),
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
