import access from './access.json';
import accounts from './accounts.json';
import agents from './agents.json';
import audit from './audit.json';
import authorizations from './authorizations.json';
import common from './common.json';
import designer from './designer.json';
import editor from './editor.json';
import engine from './engine.json';
import form from './form.json';
import groups from './groups.json';
import home from './home.json';
import issues from './issues.json';
import list from './list.json';
import monitoring from './monitoring.json';
import notices from './notices.json';
import object from './object.json';
import process from './process.json';
import processEngine from './processEngine.json';
import processes from './processes.json';
import requests from './requests.json';
import roles from './roles.json';
import run from './run.json';
import settings from './settings.json';
import shell from './shell.json';
import status from './status.json';
import sync from './sync.json';
import systems from './systems.json';
import tasks from './tasks.json';
import tokens from './tokens.json';
import users from './users.json';
import values from './values.json';

/** All English texts by area; an area is a folder of the console or a page. */
export const areas = {
  access, accounts, agents, audit, authorizations, common, designer, editor, engine, form, groups, home, issues, list, monitoring, notices, object, process, processEngine, processes, requests, roles, run, settings, shell, status, sync, systems, tasks, tokens, users, values,
};
