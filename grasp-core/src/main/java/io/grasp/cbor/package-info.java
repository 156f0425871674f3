/** A small bounded CBOR reader, writer and well-formedness scanner (RFC 8949) over byte arrays. */
@NullMarked
package io.grasp.cbor;

import org.jspecify.annotations.NullMarked;
