// Owns what characters a body may hold, by whichever road it came: a mail's part, an API's field, a form's.

// All of C0 but tab, line feed and form feed; readers of HTML disagree on what these do to markup.
const CONTROLS = /[\u0000-\u0008\u000b\r\u000e-\u001f\u007f]/g;

/** Text or HTML with LF as its line end and without control characters. */
export function cleanBodyText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}
