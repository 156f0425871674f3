package io.grasp.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The tests of the class run on a simulated link of datagrams and on a real one: their result does not depend on the kind. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = TestSubstrate.class,
        names = {"DATAGRAMS", "NETTY"})
@interface OnDatagramsAndNetty {}
