"""How Speech2Video is trained: teachers, CPC, distillation, frames, and the adversarial stage."""
