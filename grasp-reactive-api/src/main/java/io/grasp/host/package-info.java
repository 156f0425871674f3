/**
 * A host for ASAs: it finds them in jars and on the class path, starts them in the order of their needs, keeps them
 * running, applies flooded policies, and replaces a version without a gap (RFC 9222).
 */
@NullMarked
package io.grasp.host;

import org.jspecify.annotations.NullMarked;
