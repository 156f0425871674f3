// The console: of a running node or, if the page contains one, of a recorded simulation.

import {byId, el, setText} from './dom.js';
import {Live} from './live.js';
import {Recording} from './recording.js';
import {LEGEND} from './text.js';

for (const [kind, words] of LEGEND) {
    byId('legend').append(el('li', {}, el('span', {class: 'dot', 'data-kind': kind}), words));
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
    try {
        await new Live(access).start();
    } catch {
        setTimeout(() => location.reload(), 2000);
    }
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
