// Owns knowing by its subject that a mail passes another one on: what it quotes is then what it is about.

/** As mail programs write it in the languages of the portal, and Gmail in all. */
export function isForwardedSubject(subject: string): boolean {
  return FORWARDED.test(subject);
}

const FORWARDED =
  /^[\s\p{Cf}]*(?:\[[^\]]{1,80}\]\s*)?(?:fwd?|wg|tr|rv|i|enc|doorst|pd|[iİ]lt|إعادة توجيه|הועבר|转发|转寄|転送)\s*[:：]/iu;
