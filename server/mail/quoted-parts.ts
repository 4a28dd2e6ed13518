// Owns knowing by an element alone whether what is in it, or what comes after it, is quoted from an earlier mail.

/**
 * `quote`: the element is quoted. `perhaps`: it is when nothing follows; else an author may have quoted a poem. `head`: it says
 * who wrote what comes after it.
 */
export type QuoteMark = 'quote' | 'perhaps' | 'head';

export function quoteMark(tag: string, attributes: Readonly<Record<string, string>>): QuoteMark | undefined {
  const { class: classes = '', id = '', type = '', cite = '', style = '' } = attributes;
  const isNamed = classes.split(/\s+/).some((name) => QUOTED_CLASS.test(name));
  if (tag === 'blockquote') return isNamed || /^cite$/i.test(type) || /^mid:/i.test(cite) ? 'quote' : 'perhaps';
  if (tag !== 'div') return undefined;
  if (isNamed || QUOTED_ID.test(id)) return 'quote';
  return HEAD_ID.test(id) || HEAD_STYLE.test(style.replace(/\s+/g, '')) ? 'head' : undefined;
}

// As Gmail, Yahoo, Proton, Zoho and Outlook for the web and the phone name them; Outlook puts "x_" before each at every reply.
const QUOTED_CLASS = /^(?:x_)*(?:gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra)$/;
const QUOTED_ID = /^(?:x_)*(?:mail-editor-reference-message-container|reply-intro)$/;
const HEAD_ID = /^(?:x_)*divRplyFwdMsg$/;
// The line that Outlook draws above "From", "Sent" and "To", by hand in every mail.
const HEAD_STYLE =
  /^border:none;border-top:solid#(?:e1e1e1|b5c4df)1(?:\.0)?pt;padding:3(?:\.0)?pt0(?:cm|in)0(?:cm|in)0(?:cm|in);?$/i;
