// Owns how sizes are said to people. Pure.

const UNITS = ['KB', 'MB', 'GB'] as const;

/** "12 bytes", "340 KB", "2.4 MB" */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1).replace('.0', '') : Math.round(value)} ${UNITS[unit] ?? ''}`;
}
