package io.grasp;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which statements of the RFCs a test proves: it fails if the code no longer does what they ask.
 *
 * <p>The statements are in {@code grasp-samples/src/test/resources/io/grasp/samples/conformance/statements.txt};
 * {@code docs/conformance.md} is made of both.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Proves {
    /** {@return the IDs of the statements, such as {@code 8990-2.5.4.3-5}} */
    String[] value();
}
