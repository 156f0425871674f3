package io.grasp.samples.selftest;

/**
 * The result of a test.
 *
 * @param test what must happen
 * @param passed whether it has happened
 * @param millis how long it took
 * @param detail what has happened, in words
 * @param remedy what to do; empty if it has passed
 */
public record TestResult(String test, boolean passed, long millis, String detail, String remedy) {}
