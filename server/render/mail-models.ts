// Owns what each mail that Sealpost writes is given. A mail template lies twice in views/mail/:
// NAME.html.hbs and NAME.text.hbs; the worker builds these models.

/** What the organisation's brand lends to a mail. */
export interface MailBrand {
  readonly name: string;
  /** #rrggbb, already dark or light enough for `onColour` to be read on it. */
  readonly colour: string;
  readonly onColour: string;
  readonly footer: string;
  readonly introduction: string;
  /** True when the logo goes along inline under cid:logo. */
  readonly hasLogo: boolean;
}

export interface NoticeMail {
  readonly brand: MailBrand;
  readonly kind: 'message' | 'reply' | 'forward';
  /** '' when the mail named none. */
  readonly senderName: string;
  readonly senderAddress: string;
  /** Who passed it on, for kind 'forward'. */
  readonly forwardedBy?: string;
  readonly link: string;
  /** Host of the link, said in words beforehand. */
  readonly host: string;
  /** "Tuesday 24 November 2026" or absent when it never expires. */
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
  readonly sent: string;
  /** "Our mail server did not take mail for example.net (550 5.1.1)." */
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
  readonly blocks: readonly MailBlock[];
}

export interface MailRun {
  readonly text: string;
  readonly bold?: true;
  readonly italic?: true;
  readonly url?: string;
  readonly onNewLine?: true;
}

export type MailBlock =
  | { readonly kind: 'paragraph' | 'quote'; readonly runs: readonly MailRun[] }
  | { readonly kind: 'list' | 'numbers'; readonly items: readonly (readonly MailRun[])[] };

export interface TestMail {
  readonly brand: MailBrand;
}

export interface MailModels {
  notice: NoticeMail;
  passcode: PasscodeMail;
  failure: FailureMail;
  reply: ReplyMail;
  /** The same for what begins a conversation. */
  written: ReplyMail;
  test: TestMail;
}
