// Owns zod as the API uses it: shapes that carry their own description for OpenAPI. Shapes are made with this one and no
// other, so that none is made before it can be described.

import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

extendZodWithOpenApi(z);

export { z };
