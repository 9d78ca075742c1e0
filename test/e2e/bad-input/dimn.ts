/** Notices of employment (flow DIMN: XML without namespace; DIMQ: the same in `urn:employment`); values are XML as it stands. */
const GOOD = {
  Identification: '<Identification>DIMX001</Identification>',
  FormCreationDate: '<FormCreationDate>2026-01-15</FormCreationDate>',
  FormCreationHour: '<FormCreationHour>09:12:44.120</FormCreationHour>',
  AttestationStatus: '<AttestationStatus>0</AttestationStatus>',
  TypeForm: '<TypeForm>SU</TypeForm>',
  Reference:
    '<Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin><ReferenceNbr>PAY-~</ReferenceNbr></Reference>',
  DimonaIn:
    '<DimonaIn><EmployerId><CompanyID>0912345673</CompanyID></EmployerId><NaturalPerson><INSS>74031295170</INSS></NaturalPerson>' +
    '<StartingDate>2026-02-02</StartingDate><EndingDate>2026-06-30</EndingDate>' +
    '<DimonaFeatures><JointCommissionNbr>200</JointCommissionNbr><WorkerType>OTH</WorkerType></DimonaFeatures></DimonaIn>',
};

export function form(elements: Partial<typeof GOOD> = {}): string {
  return `<Form>${Object.values({ ...GOOD, ...elements }).join('')}</Form>`;
}

export const NOTICE = form();

const [FIRST, LAST] = ['<EmploymentNotice version="1">', '</EmploymentNotice>'];

/** A file of forms, each on a line of its own; the first is line 3. */
export function notices(...forms: readonly string[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', FIRST, ...forms, LAST, ''].join('\n');
}

export const ONE = notices(NOTICE.replace('~', '1'));
