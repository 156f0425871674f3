/**
 * Bulk transfer of files: over a raw channel, with a hash and resumable; and by graspy's objective {@code 411:mvFile},
 * for its getter.py and pusher.py.
 */
@NullMarked
package io.grasp.samples.transfer;

import org.jspecify.annotations.NullMarked;
