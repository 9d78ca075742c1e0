/** Enterprise number of the Crossroads Bank for Enterprises (KBO/CBE): ten digits. Source: docs/domain.md §3. */
export type Kbo = string & { readonly __kbo: unique symbol };

/** Whether ten digits begin with 0 or 1 and end in 97 − (first eight mod 97). */
export function isKbo(value: string): value is Kbo {
  if (!/^[01]\d{9}$/.test(value)) return false;
  return Number(value.slice(8)) === 97 - (Number(value.slice(0, 8)) % 97);
}

/** The ten-digit form of what partners write ("BE0900000147", "900000147", "0900.000.147"); undefined where invalid. */
export function normaliseKbo(value: string): Kbo | undefined {
  const digits = value
    .replace(/^BE\s*/i, '')
    .replaceAll('.', '')
    .replaceAll(' ', '');
  const ten = /^\d{9}$/.test(digits) ? `0${digits}` : digits;
  return isKbo(ten) ? ten : undefined;
}
