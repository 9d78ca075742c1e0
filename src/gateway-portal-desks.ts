import { join } from 'node:path';
import type { Settings } from './config/settings.ts';
import type { Current } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import type { Language } from './domain/partner.ts';
import { parseCertificates } from './pki/certificate.ts';
import type { FlowParts } from './portal/flow-routes.ts';
import type { OversightParts } from './portal/oversight-routes.ts';
import type { SubmissionParts } from './portal/submission-routes.ts';
import { type DeskParts, SubmissionDesk } from './submissions/desk.ts';
import { ExpectedDesk } from './submissions/expected.ts';
import { FlowLibrary } from './submissions/flow-guide/library.ts';
import { OversightDesk } from './submissions/oversight.ts';
import { TrialDesk, type TrialParts } from './submissions/trial.ts';
import { detailIn, factOf, remedyOf } from './texts/remedies.ts';
import { textOf } from './texts/texts.ts';

/** The project's own sample files; partners may have them. */
const SAMPLES = join(import.meta.dirname, '../test/fixtures/samples');

type Parts = Pick<DeskParts, 'ledger' | 'audit' | 'authorizer' | 'clock'> &
  Pick<TrialParts, 'judge' | 'gate'> & {
    readonly store: DeskParts['store'] & TrialParts['store'];
    readonly generation: Current<Generation>;
    readonly settings: Current<Settings>;
    readonly configDirectory: string;
  };

export type PortalDesks = SubmissionParts & FlowParts & OversightParts & { readonly expected: ExpectedDesk };

/** Who answers what the portal asks about submissions and flows. */
export function portalDesks(parts: Parts): PortalDesks {
  const { authorizer, generation, configDirectory, settings } = parts;
  const library = new FlowLibrary({ authorizer, generation, configDirectory, samplesDirectory: SAMPLES });
  const common = {
    ...parts,
    words: { textOf, factOf, remedyOf, detailIn },
    names: (language: Language) => library.names(language),
  };
  const signers = async () => {
    const { files, texts } = settings.value.pki;
    return parseCertificates(texts.get(files.signerIssuer) ?? '');
  };
  return {
    submissions: new SubmissionDesk({ ...common, signers }),
    trials: new TrialDesk(common),
    expected: new ExpectedDesk(common),
    oversight: new OversightDesk(common),
    library,
    layoutOf: (id) => generation.value.partners.find((partner) => partner.id === id)?.layout ?? 'by-flow',
  };
}
