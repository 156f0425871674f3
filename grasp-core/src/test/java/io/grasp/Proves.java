package io.grasp;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the statements of the RFCs that a test proves: the test fails if the code no longer conforms to them.
 *
 * <p>The statements are in {@code grasp-samples/src/test/resources/io/grasp/samples/conformance/statements.txt};
 * {@code docs/conformance.md} is generated from both.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Proves {
    /** {@return the IDs of the statements, such as {@code 8990-2.5.4.3-5}} */
    String[] value();
}
