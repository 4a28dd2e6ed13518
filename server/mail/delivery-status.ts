// Owns reading what a mail server reports of a mail it could not deliver (RFC 3464): whether it gave up, and the numbers of its
// answer. Pure. Words of the report are never kept: servers quote addresses and content in them.

export interface DeliveryStatus {
  /** "550 5.1.1", or as much of it as is said. */
  readonly codes: string;
}

/** Undefined unless it says that the mail was not delivered and will not be. `report`: the mail, as far as it was read. */
export function readFailedDelivery(report: string): DeliveryStatus | undefined {
  // RFC 3464 section 2.1: the fields stand in a part of their own type.
  const at = report.search(/^content-type:[ \t]*message\/delivery-status/im);
  if (at === -1) return undefined;
  const fields = report.slice(at, at + FIELDS_CHARACTERS_MAX);
  if (!/^action:[ \t]*failed\b/im.test(fields)) return undefined;
  // RFC 3463: class, subject, detail. Only the class of permanent failures is one.
  const status = /^status:[ \t]*(5\.\d{1,3}\.\d{1,3})\b/im.exec(fields)?.[1];
  const reply = /^diagnostic-code:[ \t]*smtp[ \t]*;[ \t]*(5\d\d)\b/im.exec(fields)?.[1];
  return { codes: [reply, status].filter((part) => part !== undefined).join(' ') };
}

const FIELDS_CHARACTERS_MAX = 20_000;
