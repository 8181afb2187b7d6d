/** The pages that are made from the code: the place to add one. */
import { errorsPage } from './errors-page.js';
import { pluginsPage } from './plugins-page.js';
import { settingsPage } from './settings-page.js';

/** Path from the root -> what makes the page. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errorsPage,
  'docs/reference/plugins.md': pluginsPage,
  'docs/reference/settings.md': settingsPage,
};
