/** Synthetic record files of the four formats, in the layouts of the flows ADRM, BBON, WLAT and DIMN. */
export type BatchForm = 'delimited' | 'fixed-width' | 'json-lines' | 'xml';

type RecordText = {
  readonly begin: string;
  /** One record with its end; to be called in the order of the numbers. */
  readonly record: (number: number, insz: string, isBadDate: boolean, quality: string) => string;
  readonly end: () => string;
};

const MUTATIONS_HEADER =
  'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date;street;house_no;box;postal_code;' +
  'municipality_nis;country_nis;source;quality_code;quality_begin;quality_end\n';

/** 30 February: its form is right, and the day does not exist. */
const BAD_DAY = '2026-02-30';

export const BATCH_FORMS: Readonly<Record<BatchForm, (records: number) => RecordText>> = {
  delimited: () => ({
    begin: MUTATIONS_HEADER,
    record: (number, insz, isBadDate, quality) =>
      `${number};${uuid(number)};${insz};;ADR;${isBadDate ? BAD_DAY : '2026-01-05'};Kaai;${number % 200};;1000;` +
      `21004;00150;RR;${quality};2019-04-01;\n`,
    end: () => '',
  }),
  'fixed-width': certificates,
  'json-lines': () => ({
    begin: '',
    record: (number, insz, isBadDate) =>
      `{"seq":${number},"ticket":"${uuid(number)}","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"${insz}",` +
      `"sender":{"sector":12,"institution":0},"attest":"UNEMPLOYED","status":0,` +
      `"period":{"begin":"${isBadDate ? BAD_DAY : '2025-11-01'}","end":null},"longTerm":false,"ref":"RVA-${number}"}\n`,
    end: () => '',
  }),
  xml: () => ({
    begin: '<?xml version="1.0" encoding="UTF-8"?>\n<EmploymentNotice version="1">\n',
    record: (number, insz, isBadDate) =>
      '<Form><Identification>DIMX001</Identification><FormCreationDate>2026-01-15</FormCreationDate>' +
      '<FormCreationHour>09:12:44.120</FormCreationHour><AttestationStatus>0</AttestationStatus><TypeForm>SU</TypeForm>' +
      '<Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin>' +
      `<ReferenceNbr>PAY-${number}</ReferenceNbr></Reference><DimonaIn><EmployerId><CompanyID>0912345673</CompanyID>` +
      `</EmployerId><NaturalPerson><INSS>${insz}</INSS></NaturalPerson>` +
      `<StartingDate>${isBadDate ? BAD_DAY : '2026-02-02'}</StartingDate><EndingDate>2026-06-30</EndingDate>` +
      '<DimonaFeatures><JointCommissionNbr>200</JointCommissionNbr><WorkerType>OTH</WorkerType></DimonaFeatures>' +
      '</DimonaIn></Form>\n',
    end: () => '</EmploymentNotice>\n',
  }),
};

/** 100 columns and CRLF; header, and a trailer with count, sum of amounts and sum of INSZ modulo 10¹³. */
function certificates(records: number): RecordText {
  let [amounts, persons] = [0, 0];
  return {
    begin: `H${'BBON'}01${'012000'}${'011000'}00000001${'20260115'}R0100${' '.repeat(60)}\r\n`,
    record: (number, insz, isBadDate, quality) => {
      const amount = (number * 7919) % 10_000_000;
      amounts += amount;
      persons = (persons + Number(insz)) % 1e13;
      const begin = isBadDate ? '20250230' : '20250101';
      const days = digits(number % 313, 3);
      const reference = `RSZ-REF-${digits(number, 8)}`.padEnd(20);
      return (
        `D${digits(number, 7)}${insz}09000001472025${begin}20251231${digits(amount, 11)}${days}${quality}${reference}0` +
        `${' '.repeat(13)}\r\n`
      );
    },
    end: () => `T${digits(records, 7)}${digits(amounts, 15)}${digits(persons, 13)}${' '.repeat(64)}\r\n`,
  };
}

function uuid(number: number): string {
  return `7d1c0b8e-0000-4000-8000-${digits(number, 12)}`;
}

function digits(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}
