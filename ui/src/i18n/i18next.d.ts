import 'i18next';
import type { areas } from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof areas;
  }
}
