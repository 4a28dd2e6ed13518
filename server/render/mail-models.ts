// Owns what each mail that Sealpost writes is given. A mail template lies twice in views/mail/:
// NAME.html.hbs and NAME.text.hbs; the worker builds these models.

import type { MarkedBlock } from '../core/text-runs.ts';

/** What the organisation's brand lends to a mail. */
export interface MailBrand {
  readonly name: string;
  /** #rrggbb, already dark or light enough for `onColour` to be read on it. */
  readonly colour: string;
  readonly onColour: string;
  readonly footer: string;
  /** True when the logo goes along inline under cid:logo. */
  readonly hasLogo: boolean;
}

/** What every mail has that leads a reader to a message. */
export interface NoticeLinks {
  readonly link: string;
  /** Host of the link, said in words beforehand. */
  readonly host: string;
  /** Where the reference can be checked, as one would type it: without a scheme, so that it is no second link. */
  readonly checkAt: string;
  /** "K4QP-7T3M" */
  readonly reference: string;
}

export interface NoticeMail extends NoticeLinks {
  readonly brand: MailBrand;
  /** "Alice Example sent you a sealed message" */
  readonly lead: string;
  /** What the organisation says of such mails. */
  readonly introduction: string;
  readonly senderAddress: string;
  /** "Alice Example, alice@example.com" */
  readonly from: string;
  /** Who passed it on. */
  readonly forwardedBy?: string;
  /** The last moment, in words and with its zone; absent when it never expires. */
  readonly expires?: string;
}

export interface PasscodeMail {
  readonly brand: MailBrand;
  /** Eight digits. */
  readonly code: string;
  /** Four letters, shown on the waiting page as well. */
  readonly reference: string;
  readonly validMinutes: number;
}

/** To the sender, when a notice could not be delivered in the end. Names no subject and no content. */
export interface FailureMail {
  readonly brand: MailBrand;
  readonly recipientAddress: string;
  /** The day, in words. */
  readonly sent: string;
  /** "Our mail server did not take mail for example.net. Its answer: 550 5.1.1." */
  readonly reason: string;
  readonly link: string;
}

/** A reply from the portal, going to the original sender as ordinary mail over verified TLS. */
export interface ReplyMail {
  readonly brand: MailBrand;
  readonly authorAddress: string;
  /** As it was typed, for the text part. */
  readonly paragraphs: readonly string[];
  /** What its marks mean, for the HTML part. */
  readonly blocks: readonly MarkedBlock[];
  /** What speaks against trusting it; absent for what was written in the portal. */
  readonly caution?: string;
}

/** To the sender: a reader asks for more time. Names no subject and no content. */
export interface RequestMail {
  readonly brand: MailBrand;
  /** Name, or the address again. */
  readonly reader: string;
  readonly readerAddress: string;
  /** The day, in words. */
  readonly sent: string;
  readonly link: string;
}

/** To the reader: what became of that. */
export interface DecisionMail extends NoticeLinks {
  readonly brand: MailBrand;
  readonly sender: string;
  /** The new last moment, in words and with its zone; absent when there is none. */
  readonly until?: string;
  /** Whether the sender wrote something, to be read on the page. */
  readonly hasWord: boolean;
}

/** To an administrator: a certificate will expire, or has. */
export interface CertificateMail {
  readonly brand: MailBrand;
  readonly hasEnded: boolean;
  /** Whose it is. */
  readonly address: string;
  readonly endsAt: string;
  readonly link: string;
}

/** To an address: a passkey was added to it, or removed. */
export interface PasskeyMail {
  readonly brand: MailBrand;
  readonly isMade: boolean;
  readonly address: string;
  /** When, in words and with its zone. */
  readonly at: string;
  readonly link: string;
}

/** To somebody who may let a held message go. Names no subject and no content. */
export interface ApprovalMail {
  readonly brand: MailBrand;
  /** Name, or the address again. */
  readonly sender: string;
  readonly senderAddress: string;
  /** The rule that holds it. */
  readonly rule: string;
  readonly link: string;
}

/** To the sender of a held message: it waits, or what became of it. */
export interface HeldMail {
  readonly brand: MailBrand;
  readonly isOpen: boolean;
  /** Where it is not open: released, else refused. */
  readonly isReleased: boolean;
  readonly rule: string;
  /** The day, in words. */
  readonly sent: string;
  readonly link: string;
}

/** To the sender of a held message: somebody who may let it go could not be told. Names no subject and no content. */
export interface UnreachedMail {
  readonly brand: MailBrand;
  /** Their address. */
  readonly approver: string;
  /** Whether somebody else may let it go and was not out of reach, so far. */
  readonly anyOther: boolean;
  readonly rule: string;
  /** The day, in words. */
  readonly sent: string;
  /** "Our mail server did not take mail for example.com. Its answer: 550 5.1.1." */
  readonly reason: string;
  readonly link: string;
}

/** To a sender who wishes it: somebody read the message for the first time. */
export interface FirstReadMail {
  readonly brand: MailBrand;
  /** Name, or the address again. */
  readonly reader: string;
  readonly readerAddress: string;
  /** The day, in words. */
  readonly sent: string;
  /** The subject where the sender wishes it; else ''. */
  readonly about: string;
  readonly link: string;
}

/** To a sender who wishes it, once a day: how much happened. */
export interface DigestMail {
  readonly brand: MailBrand;
  readonly read: number;
  readonly replied: number;
  readonly failed: number;
  /** Of the messages it happened to, where the sender wishes it. */
  readonly subjects: readonly string[];
  readonly link: string;
}

/** To somebody who answered a notice by ordinary mail. */
export interface ByMailMail extends NoticeLinks {
  readonly brand: MailBrand;
  /** Name, or the address. */
  readonly sender: string;
}

/** To an administrator: what is wrong, or over. In English, as the console is. */
export interface AlertMail {
  readonly brand: MailBrand;
  readonly heading: string;
  /** "Stands since …", "Stood from … until …": nothing of a message. */
  readonly alerts: readonly { readonly says: string; readonly when: string; readonly cure: string }[];
  readonly link: string;
}

export interface TestMail {
  readonly brand: MailBrand;
}

export interface MailModels {
  notice: NoticeMail;
  passcode: PasscodeMail;
  failure: FailureMail;
  reply: ReplyMail;
  request: RequestMail;
  decision: DecisionMail;
  approval: ApprovalMail;
  held: HeldMail;
  unreached: UnreachedMail;
  'first-read': FirstReadMail;
  digest: DigestMail;
  /** The same for what begins a conversation. */
  written: ReplyMail;
  passkey: PasskeyMail;
  certificate: CertificateMail;
  'by-mail': ByMailMail;
  alert: AlertMail;
  test: TestMail;
}
