// Owns the one picture of squares that a phone reads. The only wrapper of qrcode-generator, which knows the standard
// (ISO/IEC 18004) without drawing, loading or asking anything.

import makeCode from 'qrcode-generator';

export interface QrPicture {
  /** Modules a side, the quiet zone with them. */
  readonly size: number;
  /** SVG path data: each row's dark modules, 1 a side. */
  readonly path: string;
}

const QUIET_MODULES = 4; // ISO/IEC 18004 section 9.1

export function qrPicture(text: string): QrPicture {
  const code = makeCode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const count = code.getModuleCount();
  const runs: string[] = [];
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      const from = column;
      while (column < count && code.isDark(row, column)) column += 1;
      if (column > from)
        runs.push(`M${from + QUIET_MODULES} ${row + QUIET_MODULES}h${column - from}v1H${from + QUIET_MODULES}z`);
    }
  }
  return { size: count + 2 * QUIET_MODULES, path: runs.join('') };
}
