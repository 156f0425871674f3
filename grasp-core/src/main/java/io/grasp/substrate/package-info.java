/**
 * The SPI below the engine: a substrate carries GRASP messages and knows whether they are protected (RFC 8990 section
 * 2.5.1).
 */
@NullMarked
package io.grasp.substrate;

import org.jspecify.annotations.NullMarked;
