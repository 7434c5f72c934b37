import access from './access.json';
import accounts from './accounts.json';
import common from './common.json';
import editor from './editor.json';
import form from './form.json';
import groups from './groups.json';
import home from './home.json';
import list from './list.json';
import object from './object.json';
import roles from './roles.json';
import run from './run.json';
import shell from './shell.json';
import status from './status.json';
import sync from './sync.json';
import systems from './systems.json';
import users from './users.json';
import values from './values.json';

/** All English texts by area; an area is a folder of the console or a page. */
export const areas = {
  access, accounts, common, editor, form, groups, home, list, object, roles, run, shell, status, sync, systems, users, values,
};
