package io.grasp.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tests of the class run on simulated links of each kind and on a real one, but not on {@code BYTE_BY_BYTE}, which
 * is the datagram link again with smaller chunks.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = TestSubstrate.class,
        names = {"DATAGRAMS", "STREAMS", "MEMBERS", "NETTY"})
@interface OnEverySubstrate {}
