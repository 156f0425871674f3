// The console: of a running node or, if the page contains one, of a recorded simulation.

import {byId, el, setText} from './dom.js';
import {Live} from './live.js';
import {Recording} from './recording.js';
import {LEGEND} from './text.js';

for (const [kind, words] of LEGEND) {
    byId('legend').append(el('li', {}, el('span', {class: 'dot', 'data-kind': kind}), words));
}

// A defect of the page: say so, rather than show old values as if they were those of now.
addEventListener('error', (event) => event.error && failed(event.error));
addEventListener('unhandledrejection', (event) => failed(event.reason));

function failed(reason) {
    byId('failure').hidden = false;
    setText(
        byId('failure'),
        `This page has failed, and may show values that are old or wrong. Reload it; if it fails again, report this: ${reason}`);
}

const recorded = byId('recording');
if (recorded) {
    show();
    new Recording(JSON.parse(recorded.textContent)).start();
} else {
    enter();
}

function show() {
    byId('main').hidden = false;
    byId('login').hidden = true;
}

/** Asks the daemon what this page may do, and signs in if it wants that. */
async function enter() {
    let response;
    try {
        response = await fetch('access', {cache: 'no-store'});
    } catch {
        setText(byId('connection'), 'Not connected: the daemon does not answer. Trying again.');
        byId('connection').dataset.state = 'lost';
        setTimeout(enter, 2000);
        return;
    }
    if (response.status === 401) {
        signIn();
        return;
    }
    if (!response.ok) {
        setText(byId('connection'), (await response.json()).detail);
        byId('connection').dataset.state = 'lost';
        return;
    }
    const access = await response.json();
    show();
    await new Live(access).start();
}

function signIn() {
    const form = byId('login');
    form.hidden = false;
    setText(byId('connection'), 'Not signed in');
    byId('token').focus();
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        setText(byId('login-error'), '');
        try {
            const response = await fetch('login', {
                method: 'POST',
                headers: {'Content-Type': 'application/json', 'X-Grasp-Console': '1'},
                body: JSON.stringify({token: byId('token').value}),
            });
            if (response.ok) {
                location.reload();
            } else {
                setText(byId('login-error'), (await response.json()).detail);
                byId('token').select();
            }
        } catch {
            setText(byId('login-error'), 'The daemon does not answer.');
        }
    });
}
