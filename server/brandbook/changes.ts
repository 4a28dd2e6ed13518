// Owns saying what changed between two versions of a brand, and where a policy names one. Pure.

import { changedFields } from '../core/changed-fields.ts';
import { sha256 } from '../crypto/digest.ts';
import type { DiffLine } from '../core/line-diff.ts';
import { diffLines } from '../core/line-diff.ts';
import { documentOf } from '../brands/brand-document.ts';
import type { BrandDocument } from '../brands/brand-document.ts';
import type { Pictures } from '../brands/brand.store.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { writeDocumentText } from '../policy/document-text.ts';

/** "colour", "texts.de.subject", "logo". */
export function brandChanges(
  before: (BrandDocument & Pictures) | undefined,
  after: BrandDocument & Pictures,
): string[] {
  const [from, to] = [before === undefined ? {} : shown(before), shown(after)];
  return changedFields('', from, to);
}

/** What an administrator would see change, from the one to the other. */
export function brandDifference(
  before: (BrandDocument & Pictures) | undefined,
  after: BrandDocument & Pictures,
): DiffLine[] {
  return diffLines(before === undefined ? '' : brandText(before), brandText(after));
}

/** As text, with its pictures told by their size and digest. */
export function brandText(brand: BrandDocument & Pictures): string {
  const { texts, ...document } = documentOf(brand);
  return writeDocumentText({
    ...document,
    texts,
    logo: pictureWords(brand.logoPng),
    favicon: pictureWords(brand.faviconPng),
  });
}

/** "templates.legal", "rules.cards": the parts that ask for it. `policy`: as it was stored. */
export function usesOf(policy: unknown, id: string): string[] {
  const { templates, rules } = fieldsOf(policy);
  return [
    ...partsOf(templates).flatMap((part) => (part['brand'] === id ? [`templates.${String(part['name'])}`] : [])),
    ...partsOf(rules).flatMap((part) =>
      partsOf(part['then']).some((action) => action['brand'] === id) ? [`rules.${String(part['id'])}`] : [],
    ),
  ];
}

function partsOf(value: unknown): ReturnType<typeof fieldsOf>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(fieldsOf);
}

// Each text by itself.
function shown(brand: BrandDocument & Pictures): Record<string, unknown> {
  const { texts, ...document } = documentOf(brand);
  const said = Object.entries(texts).flatMap(([language, slots]) =>
    Object.entries(slots ?? {}).map(([slot, text]) => [`texts.${language}.${slot}`, text] as const),
  );
  return {
    ...document,
    ...Object.fromEntries(said),
    logo: pictureWords(brand.logoPng),
    favicon: pictureWords(brand.faviconPng),
  };
}

function pictureWords(png: Buffer | undefined): string {
  return png === undefined ? 'none' : `PNG of ${png.length} bytes, SHA-256 ${sha256(png).toString('hex').slice(0, 16)}`;
}
