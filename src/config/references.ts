import type { ConfigFiles } from './parse.ts';
import type { Problem } from './problems.ts';
import { addressProblems } from './references-addresses.ts';
import { authorizationProblems } from './references-authorization.ts';
import { designationProblems } from './references-designations.ts';
import { exceptionProblems } from './references-exceptions.ts';
import { expectedProblems } from './references-expected.ts';
import { flowProblems } from './references-flow.ts';
import { folderProblems } from './references-folders.ts';
import { gatewayProblems } from './references-gateway.ts';
import { hubProblems } from './references-hub.ts';
import { keyholderProblems } from './references-keyholders.ts';
import { outputProblems } from './references-outputs.ts';
import { partnerProblems } from './references-partner.ts';
import { questionProblems } from './references-questions.ts';
import { availabilityProblems, sectorProblems } from './references-sectors.ts';

/** What is wrong between files, and between the parts of one file. */
export function referenceProblems(files: ConfigFiles): readonly Problem[] {
  return [
    ...gatewayProblems(files),
    ...sectorProblems(files),
    ...availabilityProblems(files),
    ...partnerProblems(files),
    ...addressProblems(files),
    ...designationProblems(files),
    ...exceptionProblems(files),
    ...outputProblems(files),
    ...keyholderProblems(files),
    ...flowProblems(files),
    ...questionProblems(files),
    ...expectedProblems(files),
    ...authorizationProblems(files),
    ...folderProblems(files),
    ...hubProblems(files),
  ];
}
