/** Immutable values that all layers share and that users see: objectives, values, locators, errors. */
@NullMarked
package io.grasp.model;

import org.jspecify.annotations.NullMarked;
