// Owns which entries of an Office file are how its format writes it, and no files that somebody put in: nobody who asks
// for XML files means every document. Pure.

/** By its name alone; what its bytes are is asked where it is read. */
export function isOwnPart(name: string): boolean {
  return OWN.test(name);
}

/** Bytes of any of these types are what stands under such a name. */
export function isOwnType(type: string): boolean {
  return /^(?:text\/plain|(?:application|text)\/xml|image\/.*)$/.test(type);
}

const OWN = new RegExp(
  `^(?:${[
    '\\[Content_Types\\]\\.xml',
    '(?:_rels|docProps|word|xl|ppt|customXml)/(?:[\\w.-]+/)*[\\w.-]*\\.(?:xml|rels|vml)',
    'xl/printerSettings/\\w+\\.bin',
    'docProps/thumbnail\\.\\w+',
    // OpenDocument.
    'mimetype|layout-cache|manifest\\.rdf|META-INF/\\w+\\.xml|Configurations2/[\\w./-]+\\.xml',
    '(?:[\\w ]+/)?(?:content|styles|meta|settings)\\.xml',
    'Thumbnails/thumbnail\\.png|ObjectReplacements/[\\w ]+',
  ].join('|')})$`,
);
