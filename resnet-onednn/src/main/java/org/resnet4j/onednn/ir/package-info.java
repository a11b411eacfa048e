/** The program: what is computed, with shapes, and nothing about how. */
@NullMarked
package org.resnet4j.onednn.ir;

import org.jspecify.annotations.NullMarked;
