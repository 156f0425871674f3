/** What a node tells an observer: messages, drops, sessions, caches and links (RFC 8990 leaves it to the implementation). */
@NullMarked
package io.grasp.observe;

import org.jspecify.annotations.NullMarked;
