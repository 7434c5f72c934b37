import createClient from 'openapi-fetch';
import type { paths } from './api.gen';
import { transport } from './transport';

/** The typed client for addresses that have no generic hook; it throws `ProblemError` instead of returning `error`. */
export const api = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: transport });
