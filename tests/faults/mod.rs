//! What we promise, and how we try to break it. Each family of faults ends with the checker, and has a negative control
//! that must make the checker fail.

mod checker;
mod count;
mod damage;
mod examine;
mod full_disk;
mod journal;
mod kills;
mod load;
mod power;
mod raw;
mod rows;
mod sim;
mod site;
mod size;
mod tabled;
mod world;
