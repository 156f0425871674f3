/** Immutable values that every layer shares and that users see: objectives, values, locators, errors. */
@NullMarked
package io.grasp.model;

import org.jspecify.annotations.NullMarked;
