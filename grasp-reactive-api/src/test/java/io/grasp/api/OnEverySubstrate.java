package io.grasp.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests of the class run on simulated links of each kind and on a real one; with {@code -Plong} also on a real one
 * with encrypted messages. They do not run on {@code BYTE_BY_BYTE}, which is the datagram link again with smaller chunks.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ParameterizedClass(name = "{0}")
@MethodSource("io.grasp.api.TestSubstrate#every")
@interface OnEverySubstrate {}
