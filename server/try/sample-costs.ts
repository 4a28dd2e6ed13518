// Owns the figures of the sample, so that its text, table, PDF and spreadsheet agree.

export interface CostLine {
  readonly what: string;
  readonly hours: number;
  /** Euro. */
  readonly rate: number;
}

export const costLines: readonly CostLine[] = [
  { what: 'Drafting the lease agreement', hours: 3.5, rate: 240 },
  { what: 'Review of the land register', hours: 1, rate: 240 },
  { what: 'Meeting with the landlord', hours: 1.5, rate: 240 },
  { what: 'Registration and filing', hours: 0.5, rate: 180 },
];

export const VAT_PERCENT = 20;

export function amount(line: CostLine): number {
  return line.hours * line.rate;
}

export function totals(): { net: number; vat: number; gross: number } {
  const net = costLines.reduce((sum, line) => sum + amount(line), 0);
  const vat = (net * VAT_PERCENT) / 100;
  return { net, vat, gross: net + vat };
}

/** `1,530.00` */
export function money(euro: number): string {
  return euro.toFixed(2).replace(/\B(?=(?:\d{3})+\.)/g, ',');
}
