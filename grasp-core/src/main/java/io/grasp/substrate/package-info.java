/** What carries GRASP messages and says whether they are secured (RFC 8990 section 2.5.1): the SPI below the engine. */
@NullMarked
package io.grasp.substrate;

import org.jspecify.annotations.NullMarked;
