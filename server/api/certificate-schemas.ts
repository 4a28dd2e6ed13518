// Owns the shapes of the calls about certificates.

import { CERTIFICATES_PER_FILE_MAX } from '../smime/certificate-files.ts';
import { z } from './described-zod.ts';

export const certificateView = z
  .object({
    id: z.string(),
    role: z.enum(['recipient', 'own', 'authority']),
    state: z.enum(['offered', 'approved', 'refused']),
    addresses: z.array(z.string()),
    subject: z.string(),
    issuer: z.string(),
    serial: z.string(),
    notBefore: z.string(),
    notAfter: z.string(),
    key: z.string().openapi({ example: 'RSA 3072' }),
    fingerprint: z.string().openapi({ description: 'SHA-256, hex' }),
    hasPrivateKey: z.boolean(),
    origin: z.enum(['import', 'mail']),
    cipher: z.enum(['auto', 'gcm', 'cbc']),
    allowsPkcs1: z.boolean(),
    ignoresRevocation: z.boolean(),
    algorithms: z.string().openapi({ description: 'What would be used now', example: 'AES-256-GCM, RSA-OAEP' }),
    standing: z.enum(['none', 'unchecked', 'good', 'revoked']).openapi({
      description: 'What its authority says; none where the certificate names nobody to ask',
    }),
    standingUntil: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    faults: z
      .array(z.string())
      .openapi({ description: 'What speaks against its use; it is used only where there is none' }),
  })
  .openapi('Certificate');
export type CertificateView = z.infer<typeof certificateView>;

export const certificateList = z
  .object({ certificates: z.array(certificateView), cursor: z.string().nullable() })
  .openapi('CertificateList');
export type CertificateList = z.infer<typeof certificateList>;

export const certificatesQuery = z.strictObject({
  role: z.enum(['recipient', 'own', 'authority']).optional(),
  cursor: z.string().length(26).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const importAsk = z
  .strictObject({
    content: z.base64().openapi({
      description: `A file as PEM, DER, PKCS #7, PKCS #12 or LDIF, in base64; at most ${CERTIFICATES_PER_FILE_MAX} certificates`,
    }),
    password: z.string().max(1_000).optional(),
  })
  .openapi('ImportCertificates');

export const importAnswer = z
  .object({ added: z.array(certificateView), known: z.number().int() })
  .openapi('ImportedCertificates');

export const certificateAsk = z
  .strictObject({
    state: z.enum(['approved', 'refused']).optional(),
    cipher: z.enum(['auto', 'gcm', 'cbc']).optional(),
    allowsPkcs1: z.boolean().optional(),
    ignoresRevocation: z.boolean().optional(),
  })
  .openapi('ChangeCertificate');
